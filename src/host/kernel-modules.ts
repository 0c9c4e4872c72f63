import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { readSystemText } from '../system/plain-file.ts';

/** A kernel module's state: see `Machine.module`. */
export type ModuleState = 'loaded' | 'available' | 'missing' | 'unknown';

/** Whether a module can be used. */
export function moduleState(name: string): ModuleState {
  const kernelName = nameInKernel(name);
  if (kernelName === undefined) return 'missing';
  if (loadedModule(kernelName) !== undefined || existsSync(`/sys/module/${kernelName}`)) return 'loaded';
  const builtIn = modulesFile('modules.builtin');
  if (builtIn !== undefined && lists(builtIn, kernelName)) return 'loaded';
  const onDisk = modulesFile('modules.dep');
  if (onDisk === undefined) return 'unknown';
  return lists(onDisk, kernelName) ? 'available' : 'missing';
}

/**
 * How many use a module: 0 when it is not loaded, `unknown` when it is built in or may be, or the kernel does not count.
 */
export function moduleUsers(name: string): number | 'unknown' {
  const kernelName = nameInKernel(name);
  if (kernelName === undefined) return 0;
  // A kernel that cannot load modules has no such file; all that it has is built in.
  if (textOf('/proc/modules') === undefined) return 'unknown';
  const line = loadedModule(kernelName);
  if (line !== undefined) {
    const [, , users = ''] = line.split(' ');
    // Without CONFIG_MODULE_UNLOAD it is a dash.
    return /^\d+$/.test(users) ? Number(users) : 'unknown';
  }
  return moduleState(name) === 'loaded' ? 'unknown' : 0;
}

/** Modules are files with dashes or underscores; the kernel itself knows underscores only. */
function nameInKernel(name: string): string | undefined {
  return /^[\w-]+$/.test(name) ? name.replaceAll('-', '_') : undefined;
}

function loadedModule(kernelName: string): string | undefined {
  const loaded = textOf('/proc/modules');
  return loaded?.split('\n').find((line) => line.startsWith(`${kernelName} `));
}

/** A list of this kernel's modules that depmod has made; `undefined` where they are not on this machine. */
function modulesFile(file: string): string | undefined {
  return textOf(`/lib/modules/${release()}/${file}`);
}

/** Lines are paths like `kernel/net/netfilter/ipvs/ip_vs_wrr.ko.xz`, in `modules.dep` with a colon behind. */
function lists(text: string, kernelName: string): boolean {
  return new RegExp(`(^|/)${kernelName.replaceAll('_', '[-_]')}\\.ko(\\.\\w+)?(:|$)`, 'm').test(text);
}

function textOf(path: string): string | undefined {
  try {
    return readSystemText(path);
  } catch {
    return undefined;
  }
}
