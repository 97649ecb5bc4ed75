import type { HighLevelApp } from "../../../mod.ts";

/** Two requests per location and nothing else: what can be done at best. Gives how many tokens came back. */
export async function bareLoop(
  { clientId, clientSecret, baseUrl }: HighLevelApp,
  locationIds: readonly string[],
  concurrency: number,
): Promise<number> {
  const held = new Map<string, string>();
  const source = locationIds.values();
  const work = async (): Promise<void> => {
    for (const locationId of source) {
      const grant: { readonly authorizationCode: string } = await post(
        `${baseUrl}/oauth/reconnect`,
        "application/json",
        JSON.stringify({ clientKey: clientId, clientSecret, locationId }),
      );
      const tokens: { readonly access_token: string } = await post(
        `${baseUrl}/oauth/token`,
        "application/x-www-form-urlencoded",
        new URLSearchParams({
          client_id: clientId,
          client_secret: clientSecret,
          grant_type: "authorization_code",
          code: grant.authorizationCode,
          user_type: "Location",
        }).toString(),
      );
      held.set(locationId, tokens.access_token);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return held.size;
}

async function post<T>(url: string, type: string, body: string): Promise<T> {
  const response = await fetch(url, { method: "POST", headers: { "Content-Type": type }, body });
  return await response.json();
}
