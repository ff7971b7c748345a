import { DomainError } from '../common/errors.js';

export function unknownUser(): DomainError {
  return new DomainError('not-found', 'No user has this id.');
}

export function emailTaken(cause: unknown): DomainError {
  return new DomainError('conflict', 'Another user has this e-mail address. Choose another one.', { cause });
}

export function lastSuperadmin(): DomainError {
  return new DomainError(
    'conflict',
    'This is the last superadmin. Make somebody else superadmin first, then repeat this.',
  );
}
