/**
 * jwks-rsa is CommonJS and requires jose, which is an ES module. Node 20.19 can do that and Jest on Node 20 cannot, so
 * Jest is given the module as Node itself loads it.
 */
const { createRequire } = process.getBuiltinModule('node:module');

exports.passportJwtSecret = createRequire(__filename)('jwks-rsa').passportJwtSecret;
