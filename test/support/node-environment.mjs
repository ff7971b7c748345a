import { TestEnvironment } from 'jest-environment-node';
import jwksRsa from 'jwks-rsa';
import { AsyncLocalStorage } from 'node:async_hooks';

const inUse = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...args) {
  inUse.add(this);
  return run.apply(this, args);
};

/**
 * Jest's environment for Node, and with it jwks-rsa as Node itself loads it: that package is CommonJS and requires
 * jose, an ES module, which Node 20.19 can do and Jest on Node 20 cannot. See jwks-rsa.cjs.
 *
 * Every file loads modules of its own, and each store that one of them has used would be carried along by every promise of
 * the files after it, in the same process: after thirty files that takes longer than the tests.
 */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.jwksRsaOfNode = jwksRsa;
  }

  async teardown() {
    await super.teardown();
    for (const store of inUse) store.disable();
    inUse.clear();
  }
}
