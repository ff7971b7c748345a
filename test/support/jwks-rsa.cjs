/** Stands in for jwks-rsa inside of Jest: the real one, loaded by node-environment.mjs. */
exports.passportJwtSecret = globalThis.jwksRsaOfNode.passportJwtSecret;
