import type { ProjectRole, UserRole } from './auth.types.js';

/** Who may call a route. Every route declares exactly one. */
export type Audience =
  | { kind: 'public' }
  | { kind: 'any-user' }
  | { kind: 'role'; minimum: UserRole }
  | { kind: 'project'; minimum: ProjectRole }
  | { kind: 'metrics' };

const key = 'holdfast:audiences';

type Target = abstract new (...args: never[]) => unknown;

/** Adds to the audiences of a controller or of one of its methods; more than one is a mistake that the check names. */
export function declareAudience(audience: Audience): MethodDecorator & ClassDecorator {
  return (target: object, _name?: string | symbol, method?: PropertyDescriptor) => {
    const holder: object = (method?.value as object | undefined) ?? target;
    Reflect.defineMetadata(key, [...declaredOn(holder), audience], holder);
  };
}

export function audiencesOf(controller: Target, method: object): Audience[] {
  return [...declaredOn(controller), ...declaredOn(method)];
}

function declaredOn(holder: object): Audience[] {
  return (Reflect.getOwnMetadata(key, holder) as Audience[] | undefined) ?? [];
}
