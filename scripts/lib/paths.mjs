import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's own folder; scripts work from any current folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const fromRoot = (...parts) => join(root, ...parts);
