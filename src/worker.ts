import { setFlagsFromString } from 'node:v8';

// As in main.ts: before anything is loaded.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=20');

await import('./work.js');
