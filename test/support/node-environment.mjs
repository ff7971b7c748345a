import { TestEnvironment } from 'jest-environment-node';
import jwksRsa from 'jwks-rsa';

/**
 * Jest's environment for Node, and with it jwks-rsa as Node itself loads it: that package is CommonJS and requires
 * jose, an ES module, which Node 20.19 can do and Jest on Node 20 cannot. See jwks-rsa.cjs.
 */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.jwksRsaOfNode = jwksRsa;
  }
}
