import type { CallEnd, Process } from "./process.ts";
import { type CallName, LOCATION } from "./starts.ts";

/** Has `process` do what `call` names, and tells how that ended. */
export async function perform(
  { connections }: Process,
  call: CallName,
  code: string | undefined,
): Promise<CallEnd> {
  try {
    switch (call) {
      case "accessToken":
        return { token: await connections.accessToken(LOCATION) };
      case "recover": {
        const { outcome, error } = await connections.recover(LOCATION);
        return outcome === "recovered"
          ? { told: outcome }
          : { code: outcome === "failed" ? `${error?.code}` : outcome };
      }
      case "forget":
        await connections.forget(LOCATION);
        return { told: "forgotten" };
      case "authorize":
        return { told: (await connections.authorize({ code: `${code}` })).status };
    }
  } catch (error) {
    // A patched engine has a class of errors of its own.
    return {
      code: error instanceof Error && "code" in error ? `${error.code}` : `no error of ours: ${error}`,
    };
  }
}
