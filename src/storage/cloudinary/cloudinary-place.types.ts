import type { Clock } from '../../common/clock.js';
import type { CloudinaryAddress } from '../../config/cloudinary-url.js';

export interface CloudinaryPlace extends CloudinaryAddress {
  /** A connection on which nothing moves for so many milliseconds is given up. */
  stallMs: number;
  /** How many objects a list asks for at once. */
  pageSize: number;
  clock: Clock;
}
