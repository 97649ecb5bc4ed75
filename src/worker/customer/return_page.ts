import * as v from "valibot";
import { noInput, type Route, route } from "../http/route.ts";
import { logError } from "../log.ts";
import { detailsOf, toHighLevel } from "./authorize_page.ts";
import { customerPage } from "./customer_page.tsx";
import { placeOf } from "./install_result.ts";
import { judgedLink } from "./judged_link.ts";

const params = v.object({ token: v.string() });

/**
 * A customer's own way back. Looking at the page writes nothing, so that whatever reads mail and follows its links changes nothing:
 * a link counts as opened once somebody presses the button.
 */
export const returnRoutes: readonly Route[] = [
  route({
    ...noInput,
    method: "get",
    path: "/r/:token",
    access: "none",
    params,
    handle: async (context, { params: { token } }) => {
      const { news } = await judgedLink(context, token);
      return await customerPage(placeOf(context), news);
    },
  }),
  route({
    ...noInput,
    method: "post",
    path: "/r/:token",
    access: "none",
    changes: "installation",
    params,
    handle: async (context, { params }) => {
      const { news, ready } = await judgedLink(context, params.token);
      if (!ready) return await customerPage(placeOf(context), news);
      const scope = context.get("scope");
      const { link: { target, madeAt }, token, known } = ready;
      scope.waitUntil(
        scope.connection(target).linkOpened(madeAt).catch((error: unknown) =>
          logError(error, { route: "/r/:token", outcome: "passed_over" })
        ),
      );
      return await toHighLevel(context, target, await detailsOf(scope, known), { link: token, status: 303 });
    },
  }),
];
