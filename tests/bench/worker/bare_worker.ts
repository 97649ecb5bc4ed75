/**
 * The least a token service can be: a bearer key, one KV value, an answer. `/plain` keeps that value as it is answered;
 * `/sealed` keeps it under AES-GCM, opens it and reads it, as whoever seals must.
 */
interface BareEnv {
  readonly TOKENS: { get(key: string, type: "text"): Promise<string | null> };
  readonly KEY: string;
  readonly SEALING_KEY: string;
}

let sealingKey: CryptoKey | undefined;

const worker = {
  async fetch(request: Request, env: BareEnv): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${env.KEY}`) {
      return new Response(null, { status: 401 });
    }
    const isSealed = request.url.endsWith("/sealed");
    const value = await env.TOKENS.get(isSealed ? "sealed" : "plain", "text");
    if (value === null) return new Response(null, { status: 404 });
    const body = isSealed ? await opened(value, env) : value;
    return new Response(body, {
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
  },
};

async function opened(envelope: string, env: BareEnv): Promise<string> {
  const raw = Uint8Array.fromBase64(env.SEALING_KEY);
  sealingKey ??= await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const bytes = Uint8Array.fromBase64(envelope);
  const algorithm = { name: "AES-GCM", iv: bytes.subarray(0, 12) };
  const text = new TextDecoder().decode(
    await crypto.subtle.decrypt(algorithm, sealingKey, bytes.subarray(12)),
  );
  const { access_token, token_type, expires_in, scope } = JSON.parse(text);
  return JSON.stringify({ access_token, token_type, expires_in, scope });
}

export default worker;
