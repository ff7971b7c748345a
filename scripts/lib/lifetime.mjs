/** What a script has started and must end: run in reverse order on success, failure, Ctrl-C and SIGTERM. */
const endings = [];

export function atEnd(work) {
  endings.push(work);
}

/** Runs a script: prints a failure as one sentence, ends what was started, and leaves with the right exit code. */
export async function runScript(work) {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  let interrupted = false;
  for (const [signal, code] of Object.entries(codes)) {
    process.on(signal, () => {
      interrupted = true;
      void endAll().then(() => process.exit(code));
    });
  }
  // Whoever read along has gone (`| head`): end what was started, and say no more.
  process.stdout.on('error', () => {
    interrupted = true;
    void endAll().then(() => process.exit(1));
  });
  let code = 1;
  try {
    code = (await work()) ?? 0;
  } catch (error) {
    // What an interruption breaks is no news.
    if (!interrupted) console.error(`\n${error instanceof Expected ? error.message : error.stack}`);
  }
  await endAll();
  process.exit(code);
}

/** A failure whose message is all that the person at the terminal needs: it says what to do. */
export class Expected extends Error {}

let ending;

/** A second signal while things are being ended waits for the same ending. */
function endAll() {
  ending ??= (async () => {
    for (const work of endings.reverse()) {
      await Promise.resolve()
        .then(work)
        .catch((error) => console.error(`While cleaning up: ${error.message}`));
    }
  })();
  return ending;
}
