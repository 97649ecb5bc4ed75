import type { HighLevel } from "./highlevel.ts";
import type { CallEnd, Process } from "./process.ts";
import { type CallName, LOCATION } from "./starts.ts";

/** Has `process` do what `call` names, and tells how that ended. */
export async function perform(
  process: Process,
  call: CallName,
  highLevel: HighLevel,
): Promise<CallEnd> {
  const { connections } = process;
  const { personsCode: code, personsTokens: tokens } = highLevel;
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
      case "save":
        if (!tokens) throw new Error("nobody brings tokens");
        await connections.save(LOCATION, tokens);
        highLevel.taken(process);
        return { told: "saved" };
      case "note":
        await connections.note(LOCATION, { name: "Harbour" });
        return { told: "noted" };
    }
  } catch (error) {
    // A patched engine has a class of errors of its own.
    return {
      code: error instanceof Error && "code" in error ? `${error.code}` : `no error of ours: ${error}`,
    };
  }
}
