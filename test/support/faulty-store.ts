import { Readable } from 'node:stream';
import type {
  ObjectContent,
  ObjectStore,
  PlaceKind,
  PutOptions,
  StoredObject,
} from '../../src/storage/object-store.types.js';
import { DamagedOnTheWay, PlaceError } from '../../src/storage/place-error.js';

interface Refusal<Method> {
  method: Method;
  fails: 'unavailable' | 'refused';
}

type Simple = 'stat' | 'remove' | 'hold' | 'check' | 'link';

/** What goes wrong, once: in `method`, in one of these ways. */
export type Fault =
  | { method: 'put'; fails: 'at-byte' | 'short' | 'hangs' | 'altered'; at: number }
  | { method: 'open'; fails: 'at-byte' | 'short' | 'hangs' | 'replaced'; at: number }
  | { method: 'walk'; fails: 'at-key' | 'hangs'; at: number }
  | { [Method in Simple | 'put' | 'open']: Refusal<Method> }[Simple | 'put' | 'open'];

const unavailable = () => new PlaceError('The place refused: SlowDown, HTTP 503', true);
const refusal = ({ fails }: Refusal<unknown>) =>
  fails === 'unavailable'
    ? unavailable()
    : new PlaceError('The place refused: AccessDenied, HTTP 403', false);
const cut = () => new PlaceError('The place cannot be reached (ECONNRESET).', true);
const never = new Promise<never>(() => undefined);

/** A place on which `faults` happen, each once and in their order, and which works otherwise. */
export class FaultyStore implements ObjectStore {
  readonly kind: PlaceKind;
  readonly location: string;
  /** Methods, as they were called. */
  readonly calls: string[] = [];

  constructor(
    private readonly store: ObjectStore,
    private readonly faults: Fault[],
  ) {
    this.kind = store.kind;
    this.location = store.location;
  }

  /** The next fault, when it is one of this method. */
  #next<M extends Fault['method']>(method: M): Extract<Fault, { method: M }> | undefined {
    this.calls.push(method);
    if (this.faults[0]?.method !== method) return undefined;
    return this.faults.shift() as Extract<Fault, { method: M }>;
  }

  #simple<T>(method: Simple, work: () => Promise<T>): Promise<T> {
    const fault = this.#next(method);
    if (fault) return Promise.reject(refusal(fault));
    return work();
  }

  async put(key: string, content: ObjectContent, options: PutOptions = {}): Promise<StoredObject> {
    const fault = this.#next('put');
    if (!fault) return this.store.put(key, content, options);
    if (!('at' in fault)) throw refusal(fault);
    const source = await content.open();
    const { at } = fault;
    let sent = 0;
    for await (const piece of source) {
      sent += (piece as Buffer).length;
      options.onBytes?.((piece as Buffer).length);
      if (sent >= at) break;
    }
    if (fault.fails === 'at-byte') throw cut();
    if (fault.fails === 'altered') throw new DamagedOnTheWay();
    if (fault.fails === 'short') return { bytes: at, sha256: '', url: null };
    return new Promise((_resolve, reject) => options.signal?.addEventListener('abort', () => reject(cut())));
  }

  async open(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const fault = this.#next('open');
    if (fault && !('at' in fault)) throw refusal(fault);
    const body = await this.store.open(key, range);
    if (!fault) return body;
    return Readable.from(this.#broken(key, body, fault), { objectMode: false });
  }

  async *#broken(key: string, body: Readable, { fails, at }: { fails: string; at: number }) {
    let passed = 0;
    for await (const piece of body) {
      const part = (piece as Buffer).subarray(0, at - passed);
      passed += part.length;
      yield part;
      if (passed < at) continue;
      if (fails === 'hangs') await never;
      if (fails === 'replaced') {
        await this.store.put(key, { bytes: 5, open: () => Promise.resolve(Readable.from(['other'])) });
      }
      if (fails === 'short') return;
      throw cut();
    }
  }

  async *walk(prefix: string) {
    const fault = this.#next('walk');
    let told = 0;
    for await (const object of this.store.walk(prefix)) {
      if (told === fault?.at) {
        if (fault.fails === 'hangs') await never;
        throw unavailable();
      }
      told += 1;
      yield object;
    }
    if (fault && told <= fault.at) throw unavailable();
  }

  stat(key: string) {
    return this.#simple('stat', () => this.store.stat(key));
  }

  remove(key: string) {
    return this.#simple('remove', () => this.store.remove(key));
  }

  link(key: string, options: { seconds: number; filename: string }) {
    return this.#simple('link', () => this.store.link(key, options));
  }

  hold(key: string, on: boolean) {
    return this.#simple('hold', () => this.store.hold(key, on));
  }

  check() {
    return this.#simple('check', () => this.store.check());
  }

  sweep() {
    return this.store.sweep();
  }
}
