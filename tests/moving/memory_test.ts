import { moveMany } from "./move_many.ts";

Deno.test("10,000 connections move with a page of them in memory at most", () => moveMany(10_000));
