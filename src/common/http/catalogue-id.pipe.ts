import { Injectable, type PipeTransform } from '@nestjs/common';
import { DomainError } from '../errors.js';

/**
 * An id of the catalogue in a path, as a number. Only its canonical spelling names something: `064`, `64 `, `+64` and
 * `6e1` are unknown, so that one thing never has two addresses.
 */
@Injectable()
export class CatalogueIdPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!/^[1-9]\d{0,9}$/.test(value)) {
      throw new DomainError('not-found', 'Nothing has this id, or you may not see it.');
    }
    return Number(value);
  }
}
