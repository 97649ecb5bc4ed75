import { HighLevelError } from "./highlevel_error.ts";

/** What `work` gives, or the coded error it ends with; any other error is thrown. */
export async function resultOrError<T>(work: Promise<T>): Promise<T | HighLevelError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HighLevelError) return error;
    throw error;
  }
}
