/** Makes the single executable for a processor: Node, the program and its native parts in one file. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, checkout } from './bundle.ts';
import { byVersion, newestVersion, stripped, withNote } from './elf.ts';
import { lockedPackage, packageFolder } from './node-packages.ts';

/** Processors that there is an executable for, as Node names them. */
export const processors = ['x64', 'arm64'] as const;
/** A processor that executables are made for, as Node calls it. */
export type Processor = (typeof processors)[number];

/** The newest C library and C++ library that may be needed: those of Debian 10 and Red Hat's 8. */
const newestLibraries = { GLIBC: '2.28', GLIBCXX: '3.4.25', CXXABI: '1.3.11' } as const;

/**
 * What Node looks for when it is started (`src/node_sea.cc`): a note of the first name, if the second word in its bytes
 * ends in a 1.
 */
const noteName = 'NODE_SEA_BLOB';
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';

/** Node of each processor, at the version that the project is developed on. */
const nodeHashes: Readonly<Record<Processor, string>> = {
  x64: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  arm64: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
};

/** The version that `nodeHashes` are of. */
const nodeVersion = '24.21.0';

/** Folders below the checkout of the packages whose native parts are inside. */
export const nativePackages = ['node_modules/koffi', 'node_modules/netlink'] as const;

/** Makes the executable out of the scripts and writes it to `path`. Throws where a part needs newer libraries than `newestLibraries`. */
export function makeExecutable(
  processor: Processor,
  { script, threads }: Pick<Bundle, 'script' | 'threads'>,
  path: string,
): void {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-package-'));
  try {
    const program = readFileSync(nodeOf(processor));
    requireOldLibraries('Node', program);
    const names = Object.entries(nativeParts(processor)).map(([name, from]) => {
      const part = readFileSync(from);
      requireOldLibraries(name, part);
      writeFileSync(join(folder, name), stripped(part));
      return name;
    });
    writeFileSync(join(folder, mainName), script);
    for (const [name, program] of Object.entries(threads)) writeFileSync(join(folder, name), program);
    const blob = blobOf(folder, [...names, ...Object.keys(threads)], processor === process.arch);
    writeFileSync(path, withNote(lit(program), noteName, blob));
    chmodSync(path, 0o755);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What stack traces call the script. */
const mainName = 'lvstop.js';

/**
 * The blob of Node's single executable format, made of files in `folder`. They are named relative to it, since the name
 * of the script is kept in the blob. Compiled code is of use on the same processor only.
 */
function blobOf(folder: string, assets: readonly string[], useCodeCache: boolean): Buffer {
  const settings = {
    main: mainName,
    output: 'blob',
    disableExperimentalSEAWarning: true,
    useCodeCache,
    assets: Object.fromEntries(assets.map((name) => [name, name])),
    // SIGUSR1 would open the debugger to every process of the machine; "none": NODE_OPTIONS is not obeyed.
    execArgv: ['--disable-sigusr1'],
    execArgvExtension: 'none',
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(settings));
  // V8's compiled code depends on its random numbers; with a seed it is the same each time.
  const words = ['--random-seed=1', '--experimental-sea-config', 'config.json'];
  execFileSync(nodeOf(processorHere()), words, { cwd: folder, stdio: 'pipe' });
  return readFileSync(join(folder, 'blob'));
}

/** Node's executable for a processor: that of `npm ci` for this one, fetched for another. */
function nodeOf(processor: Processor): string {
  if (processor === process.arch) return join(checkout, 'node_modules/node/bin/node');
  const name = `node-linux-${processor}`;
  return join(packageFolder({ name, version: nodeVersion, integrity: nodeHashes[processor] }), 'bin/node');
}

/**
 * Node itself as one of the packages inside: its folder below the checkout. Its terms are the same on every processor.
 */
export function nodePackage(): string {
  return `node_modules/node/node_modules/node-linux-${processorHere()}`;
}

/** The processor of this machine. */
export function processorHere(): Processor {
  const here = processors.find((processor) => processor === process.arch);
  if (here === undefined) throw new Error(`there is no executable for the processor ${process.arch}`);
  return here;
}

/** Files with native code, by the names that the program asks for. */
function nativeParts(processor: Processor): Readonly<Record<string, string>> {
  const koffi = `@koromix/koffi-linux-${processor}`;
  const folder =
    processor === process.arch ? join(checkout, 'node_modules', koffi) : packageFolder(lockedPackage(koffi));
  return {
    koffi: join(folder, `linux_${processor}/koffi.node`),
    netlink: join(checkout, `node_modules/netlink/prebuilds/linux-${processor}/node.napi.node`),
  };
}

/** Sets the word in Node's bytes that has it look for a program inside. */
function lit(node: Buffer): Buffer {
  const at = node.indexOf(`${fuse}0`);
  if (at < 0 || node.indexOf(fuse, at + 1) >= 0) throw new Error('this Node takes no program inside');
  node.write('1', at + fuse.length);
  return node;
}

function requireOldLibraries(path: string, file: Buffer): void {
  for (const [family, newest] of Object.entries(newestLibraries)) {
    const needed = newestVersion(file, family);
    if (needed !== null && byVersion(needed, newest) > 0) {
      throw new Error(`${path} needs ${family} ${needed}; the executable may need ${newest} at most`);
    }
  }
}
