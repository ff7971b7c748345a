/** A Redis that the tests were given (scripts/test.mjs starts one), or undefined. */
const redis = process.env['HOLDFAST_TEST_REDIS_URL'];

/** Where jobs are done. Each suite needs a database of Redis for itself: `number`, from 1 to 15. */
export function describeOnQueues(
  title: string,
  number: number,
  suite: (queue: { redis: string | undefined }) => void,
): void {
  describe(`${title}, in the process that is asked`, () => suite({ redis: undefined }));
  describeOnRedis(`${title}, in workers`, number, (url) => suite({ redis: url }));
}

export function describeOnRedis(title: string, number: number, suite: (url: string) => void): void {
  if (redis === undefined) {
    describe.skip(`${title} (skipped: no server in HOLDFAST_TEST_REDIS_URL)`, () => {
      it('needs that server', () => undefined);
    });
    return;
  }
  describe(title, () => suite(new URL(`/${number}`, redis).href));
}
