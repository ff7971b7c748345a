import { setFlagsFromString } from 'node:v8';

/*
 * Memory must not grow with the data (invariant 8). What streams through leaves short-lived buffers and strings behind;
 * V8 lets them wait in a young generation of up to 48 MB and an old one of twice the live size, which on a machine with
 * much memory is 100 MB more than the work needs. Small steps keep the process flat, at no time that the benches can
 * see. It has to be said before anything is loaded, hence this file of its own.
 */
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=20');

await import('./serve.js');
