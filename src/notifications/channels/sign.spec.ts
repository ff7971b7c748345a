import { newSigningSecret, signatureHeaders } from './sign.js';

describe('The signature of a webhook', () => {
  it('is that of the example of Standard Webhooks', () => {
    const headers = signatureHeaders(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      '{"test": 2432232314}',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    );
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is made with 32 bytes that nobody can foresee', () => {
    const [first, second] = [newSigningSecret(), newSigningSecret()];
    expect(first).not.toBe(second);
    expect(Buffer.from(first.slice('whsec_'.length), 'base64')).toHaveLength(32);
  });
});
