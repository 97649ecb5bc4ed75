import { moveMany } from "../moving/move_many.ts";

Deno.test("100,000 connections move with a page of them in memory at most", () => moveMany(100_000));
