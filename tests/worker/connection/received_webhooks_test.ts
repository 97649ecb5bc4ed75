import { deepEqual, rejects } from "node:assert/strict";
import { ReceivedWebhooks } from "../../../src/worker/connection/received_webhooks.ts";
import { connectionSchema } from "../../../src/worker/connection/schema.ts";
import { ObjectSql } from "../../../src/worker/durable/object_sql.ts";
import { memoryStorage } from "../durable/memory_storage.ts";

Deno.test("a webhook that comes again while the first one is worked on ends as that one does", async () => {
  const received = new ReceivedWebhooks(new ObjectSql(memoryStorage().host, connectionSchema));
  let worked = 0;
  const ends = Promise.withResolvers<void>();
  const work = (): Promise<void> => (worked++, ends.promise);
  const [first, second] = [received.once("w1", work), received.once("w1", work)];
  ends.reject(new Error("refused"));
  await rejects(first, /refused/);
  await rejects(second, /refused/, "nobody would deliver it again");
  const done = [received.once("w1", () => Promise.resolve()), received.once("w1", work)];
  deepEqual(await Promise.all(done), [true, false]);
  deepEqual([await received.once("w1", work), worked], [false, 1]);
});
