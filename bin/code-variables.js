/**
 * Variables that decide what code runs. `obeyedBy` says when it is too late for a program to drop them itself:
 * `linker`, with each program that is started, the shell of `bin/lvstop` too; `node`, before the first line of a
 * script, which is why `bin/lvstop` drops them before Node; `package`, when a package is loaded.
 * @type {readonly { name: string, obeyedBy: 'linker' | 'node' | 'package', why: string }[]}
 */
export const codeVariables = [
  { name: 'LD_PRELOAD', obeyedBy: 'linker', why: 'names libraries to run' },
  { name: 'LD_AUDIT', obeyedBy: 'linker', why: 'names libraries to run' },
  { name: 'LD_LIBRARY_PATH', obeyedBy: 'linker', why: 'names folders that libraries are taken from' },
  {
    name: 'GCONV_PATH',
    obeyedBy: 'linker',
    why: 'names a folder that character conversions are loaded from',
  },
  { name: 'NODE_OPTIONS', obeyedBy: 'node', why: 'runs scripts (--require, --import), opens the debugger' },
  { name: 'NODE_PATH', obeyedBy: 'node', why: 'names folders that packages are taken from' },
  { name: 'NODE_COMPILE_CACHE', obeyedBy: 'node', why: 'names a folder with compiled code to run' },
  { name: 'NODE_PRESERVE_SYMLINKS', obeyedBy: 'node', why: 'changes where packages are looked for' },
  { name: 'NODE_PRESERVE_SYMLINKS_MAIN', obeyedBy: 'node', why: 'changes where packages are looked for' },
  { name: 'NODE_REPL_EXTERNAL_MODULE', obeyedBy: 'node', why: 'names a script to run' },
  {
    name: 'NODE_CHANNEL_FD',
    obeyedBy: 'node',
    why: 'lets whoever holds the other end send messages to Node',
  },
  { name: 'NODE_UNIQUE_ID', obeyedBy: 'node', why: 'makes Node a part of a cluster' },
  { name: 'NODE_TEST_CONTEXT', obeyedBy: 'node', why: 'makes Node a part of a test run' },
  { name: 'NODE_ICU_DATA', obeyedBy: 'node', why: 'names tables that decide how text is taken apart' },
  { name: 'NODE_V8_COVERAGE', obeyedBy: 'node', why: 'has Node watch the code and write files at the end' },
  { name: 'NODE_REDIRECT_WARNINGS', obeyedBy: 'node', why: 'has Node write to a file' },
  { name: 'NODE_EXTRA_CA_CERTS', obeyedBy: 'node', why: 'decides which machines are believed' },
  { name: 'OPENSSL_CONF', obeyedBy: 'node', why: 'names libraries to run' },
  { name: 'OPENSSL_MODULES', obeyedBy: 'node', why: 'names a folder that libraries are taken from' },
  { name: 'OPENSSL_ENGINES', obeyedBy: 'node', why: 'names a folder that libraries are taken from' },
  { name: 'NETLINK_PREBUILD', obeyedBy: 'package', why: 'names the add-on that "netlink" loads' },
];
