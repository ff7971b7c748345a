import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { ValidateIf } from 'class-validator';
import { DomainError, type FieldError } from '../errors.js';

/** Bodies and queries are checked against their DTO; unknown fields are refused, all faults are named at once. */
export function validationPipe(): ValidationPipe {
  return new BodyAndQueryPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => badInput(errors.flatMap((error) => fieldErrors(error))),
  });
}

class BodyAndQueryPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new DomainError('bad-input', 'The body is nested too deeply.', { cause: error });
    }
  }

  /** Leaves parts of the path as they were written: Nest would make 1 of `01` and `1e0`, and give a thing two names. */
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}

/** A `bad-input` that names every field at fault. */
export function badInput(fields: FieldError[]): DomainError {
  const names = [...new Set(fields.map(({ field }) => field))].join(', ');
  return new DomainError('bad-input', `Correct these fields and send the request again: ${names}.`, {
    fields,
  });
}

function fieldErrors(error: ValidationError, prefix = ''): FieldError[] {
  const field = prefix === '' ? error.property : `${prefix}[${error.property}]`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, field))];
}

/** A field that may be left out, but not be null: `@IsOptional` would let null through to where it has no meaning. */
export function Omittable(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}
