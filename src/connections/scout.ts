/** Lets one call find out for all; see {@linkcode createScout}. */
export interface Scout {
  /**
   * Waits while another call finds out. While nothing `isKnown`, the caller is the one who goes first: the others wait
   * until it calls what is returned here.
   */
  goFirst(isKnown: () => boolean): Promise<() => void>;
}

/** While nothing is known, one call goes first and the others wait for its answer: what is refused costs one call. */
export function createScout(): Scout {
  let scouting: Promise<void> | undefined;
  return {
    goFirst: async (isKnown) => {
      if (scouting) {
        await scouting;
        return () => {};
      }
      if (isKnown()) return () => {};
      const { promise, resolve } = Promise.withResolvers<void>();
      scouting = promise;
      return () => {
        if (scouting === promise) scouting = undefined;
        resolve();
      };
    },
  };
}
