import { Expected } from '../lib/lifetime.mjs';
import { say } from './terminal.mjs';

/** Logs in; then each call is printed as it goes over the wire. A refusal ends the demo with its reason. */
export async function logIn(url, { email, password }) {
  const { access_token: token } = await call(url, 'POST', '/api/v1/auth/login', { email, password });
  return {
    token,
    async post(path, body) {
      say(`POST ${path}${body ? `  ${JSON.stringify(body)}` : ''}`);
      return call(url, 'POST', path, body, token);
    },
  };
}

async function call(url, method, path, body, token) {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Expected(
      `The demo failed: ${method} ${path} answered ${response.status}. ${answer.detail ?? ''}`,
    );
  }
  return answer;
}
