/** Answers each key with one byte: what the pseudo-terminal and Node take of a key by themselves. */
process.stdin.setRawMode(true);
process.stdout.write('ready');
process.stdin.on('data', () => process.stdout.write('.'));
