/** Who may call a route, in the words of the HTTP contract. */
export type Audience =
  | 'everybody'
  | 'any user'
  | 'admin'
  | 'superadmin'
  | 'project member'
  | 'project admin'
  | 'who started it, and admin';

/** What a caller is, seen from project 1. */
export type Kind =
  'nobody' | 'user' | 'outsider' | 'project member' | 'project admin' | 'admin' | 'superadmin';

export const refusals = {
  401: '401 unauthenticated',
  403: '403 forbidden',
  404: '404 not-found',
} as const;

type Verdict = 'in' | keyof typeof refusals;

const everybodyIn: Record<Kind, Verdict> = {
  nobody: 'in',
  user: 'in',
  outsider: 'in',
  'project member': 'in',
  'project admin': 'in',
  admin: 'in',
  superadmin: 'in',
};
const anyUser: Record<Kind, Verdict> = { ...everybodyIn, nobody: 401 };

/** The role table. Admins act as project admins everywhere; an outsider is not told that a project exists. */
export const verdicts: Record<Audience, Record<Kind, Verdict>> = {
  everybody: everybodyIn,
  'any user': anyUser,
  admin: { ...anyUser, user: 403, outsider: 403, 'project member': 403, 'project admin': 403 },
  superadmin: {
    ...anyUser,
    user: 403,
    outsider: 403,
    'project member': 403,
    'project admin': 403,
    admin: 403,
  },
  'project member': { ...anyUser, user: 404, outsider: 404 },
  'project admin': { ...anyUser, user: 404, outsider: 404, 'project member': 403 },
  // The job of the table is the project admin's.
  'who started it, and admin': { ...anyUser, user: 404, outsider: 404, 'project member': 404 },
};
