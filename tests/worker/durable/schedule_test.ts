import { deepEqual, equal, rejects } from "node:assert/strict";
import { ObjectSql } from "../../../src/worker/durable/object_sql.ts";
import { Schedule, SCHEDULE_TABLE, type ScheduledItem } from "../../../src/worker/durable/schedule.ts";
import { type MemoryStorage, memoryStorage } from "./memory_storage.ts";

const NAMES = ["one", "two"] as const;
type Name = (typeof NAMES)[number];
const NOW = 1_000_000;

function scheduleOver(storage: MemoryStorage): Schedule<Name> {
  const sql = new ObjectSql(storage.host, { tables: [SCHEDULE_TABLE], upgrades: [] });
  return new Schedule(storage.alarm, sql, NAMES);
}

Deno.test("the alarm is set where it would ring too late, and to the moment when a turn has ended", async () => {
  const storage = memoryStorage();
  const schedule = scheduleOver(storage);
  await schedule.set("one", NOW + 500);
  await schedule.set("two", NOW + 900);
  deepEqual(storage.set, [NOW + 500], "an alarm that rings sooner is soon enough");
  schedule.clear("one");
  await schedule.arm();
  deepEqual(storage.set, [NOW + 500, NOW + 900]);
  await schedule.arm();
  equal(storage.set.length, 2, "what stands is not written again");
  schedule.clear("two");
  await schedule.arm();
  deepEqual(storage.set.at(-1), null);
});

Deno.test("a run writes the alarm once, whatever its work schedules", async () => {
  const storage = memoryStorage();
  const schedule = scheduleOver(storage);
  await schedule.set("one", NOW);
  storage.set.length = 0;
  await schedule.run(NOW, async () => {
    await schedule.set("one", NOW + 800);
    await schedule.set("two", NOW + 700);
    await schedule.arm();
  });
  deepEqual(storage.set, [NOW + 700]);
  equal(schedule.get("one")?.at, NOW + 800, "what its work set stands");
});

Deno.test("work that throws is due again later, and later still", async () => {
  const storage = memoryStorage();
  const schedule = scheduleOver(storage);
  await schedule.set("one", NOW);
  const fail = (): Promise<void> => Promise.reject(new Error("no"));
  await schedule.run(NOW, fail);
  const first = schedule.get("one");
  await schedule.run((first?.at ?? 0) + 1, fail);
  const second = schedule.get("one");
  deepEqual([first?.attempt, second?.attempt], [1, 2]);
  equal((second?.at ?? 0) - (first?.at ?? 0) > (first?.at ?? 0) - NOW, true);
});

Deno.test("an item that two runs find is worked on once", async () => {
  const schedule = scheduleOver(memoryStorage());
  await schedule.set("one", NOW);
  let runs = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = async (_item: ScheduledItem<Name>): Promise<void> => {
    runs++;
    await promise;
  };
  const both = Promise.all([schedule.run(NOW, work), schedule.run(NOW, work)]);
  resolve();
  await both;
  equal(runs, 1);
});

Deno.test("K1: where SQLite takes no writes the alarm rings on, a minute later", async () => {
  const storage = memoryStorage();
  const schedule = scheduleOver(storage);
  await schedule.set("one", NOW);
  storage.refuse();
  await schedule.run(Date.now(), () => Promise.resolve());
  const inMs = (storage.set.at(-1) ?? 0) - Date.now();
  equal(inMs > 50_000 && inMs <= 60_000, true, `${inMs} ms`);
  await rejects(schedule.set("two", NOW));
});

Deno.test("K6: an alarm that was lost is set again when the object starts", async () => {
  const storage = memoryStorage();
  await scheduleOver(storage).set("one", Date.now() + 60_000);
  await storage.alarm.deleteAlarm();
  storage.set.length = 0;
  await scheduleOver(storage).armIfMissing();
  equal(storage.set.length, 1);
  await scheduleOver(storage).armIfMissing();
  equal(storage.set.length, 1, "one that stands is left alone");
});

Deno.test("K6: an object whose storage takes no writes starts without the alarm, and the next start sets it", async () => {
  const storage = memoryStorage();
  await scheduleOver(storage).set("one", Date.now() + 60_000);
  await storage.alarm.deleteAlarm();
  storage.set.length = 0;
  const { setAlarm } = storage.alarm;
  storage.alarm.setAlarm = () => Promise.reject(new Error("database or disk is full: SQLITE_FULL"));
  await scheduleOver(storage).armIfMissing();
  storage.alarm.setAlarm = setAlarm;
  await scheduleOver(storage).armIfMissing();
  equal(storage.set.length, 1);
});

Deno.test("an instance that knows nothing of the alarm does not put it off", async () => {
  const storage = memoryStorage();
  await scheduleOver(storage).set("one", NOW + 100);
  await scheduleOver(storage).set("two", NOW + 900);
  deepEqual(storage.set, [NOW + 100, NOW + 100]);
});

Deno.test("an alarm that was refused is no alarm: the next turn sets it", async () => {
  const storage = memoryStorage();
  let isRefusing = true;
  const setAlarm: typeof storage.alarm.setAlarm = async (at) => {
    if (isRefusing) throw new Error("database or disk is full: SQLITE_FULL");
    await storage.alarm.setAlarm(at);
  };
  const schedule = scheduleOver({ ...storage, alarm: { ...storage.alarm, setAlarm } });
  await rejects(schedule.armNoLater(NOW), /SQLITE_FULL/);
  isRefusing = false;
  await schedule.set("one", NOW + 500);
  deepEqual(storage.set, [NOW + 500]);
});
