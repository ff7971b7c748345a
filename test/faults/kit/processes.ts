import { readdirSync, readFileSync } from 'node:fs';

/** What a process has started: pid and program, from /proc; so on Linux only. */
export function childrenOf(pid: number): { pid: number; program: string }[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads
    .flatMap((thread) => textOf(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean))
    .map((child) => ({ pid: Number(child), program: commandOf(Number(child)) }));
}

/** How many files, sockets and pipes a process has open. */
export function openHandles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The most memory that a process ever had, in bytes. */
export function peakMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) * 1024;
}

export const procHindrance = process.platform === 'linux' ? null : 'it looks into /proc, which is Linux’s';

/** The words of the command line; an interpreter may stand first. */
function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** Empty when the process has gone meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
