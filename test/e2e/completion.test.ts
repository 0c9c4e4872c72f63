/** What the Tab key does in the shells that operators use. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeTerminals, openTerminal, type TestTerminal } from './terminal.ts';

const checkout = resolve(import.meta.dirname, '../..');
const tab = '\t';

/** How each shell is started without this user's own settings, and how it takes the script. */
const shells = [
  {
    name: 'bash',
    args: ['--norc', '--noprofile', '-i'],
    setUp: "PS1='ready> '; bind 'set bell-style none'; source <(lvstop completion bash)",
  },
  {
    name: 'zsh',
    args: ['-f', '-i'],
    setUp:
      "PS1='ready> '; autoload -Uz compinit; compinit -D -u; setopt no_beep; source <(lvstop completion zsh)",
  },
  {
    name: 'fish',
    args: ['--no-config', '-i'],
    setUp: "function fish_prompt; echo -n 'ready> '; end; lvstop completion fish | source",
  },
] as const;

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'lvstop-shell-'));
  writeFileSync(join(home, 'only.rules'), '');
  writeFileSync(join(home, 'hosts.toml'), '[groups]\ninnermost = ["lb1", "lb2"]\n[hosts."lb-outermost"]\n');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));
afterEach(closeTerminals);

describe.each(shells)('$name', ({ name, args, setUp }) => {
  const isThere = existsSync(`/usr/bin/${name}`) || existsSync(`/bin/${name}`);
  if (!isThere) console.warn(`${name} is not installed: its completion is not tested`);

  async function openShell(): Promise<TestTerminal> {
    const PATH = `${join(checkout, 'bin')}:${process.env.PATH}`;
    const terminal = openTerminal({
      command: name,
      args,
      columns: 200,
      env: { PATH, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
    });
    terminal.type(`cd ${home}; ${setUp}; echo set''up\r`);
    await terminal.waitFor((screen) => screen.includes('setup'));
    return terminal;
  }

  it.skipIf(!isThere)('completes a command, a service, a real server, an option and a word', async () => {
    const terminal = await openShell();
    const steps = [
      ['lvstop wei', 'lvstop weight'],
      ['--de', '--demo'],
      ['tcp:203.0.113.30:', 'tcp:203.0.113.30:3389'],
    ];
    for (const [typed = '', completed = ''] of steps) {
      terminal.type(`${typed}${tab}`);
      await terminal.waitFor(completed);
    }
    terminal.type('\x15lvstop list --format ke');
    terminal.type(tab);
    await terminal.waitFor('lvstop list --format keepalived');
    terminal.type('\x15lvstop add service tcp:192.0.2.1:80 --scheduler wlc --demo --persistent 60 --eng');
    terminal.type(tab);
    await terminal.waitFor('--engine');
  });

  it.skipIf(!isThere)('shows the real servers of the service on the line', async () => {
    const terminal = await openShell();
    terminal.type(`lvstop weight --demo tcp:203.0.113.10:80 10.0.0.2${tab}${tab}`);
    await terminal.waitFor('10.0.0.24:8080');
    expect(terminal.text()).toContain('10.0.0.21:8080');
  });

  it.skipIf(!isThere)('completes hosts and groups, behind a user and a comma too', async () => {
    const terminal = await openShell();
    for (const [typed, completed] of [
      ['innerm', 'innermost'],
      ['ada@lb-outer', 'ada@lb-outermost'],
      ['innermost,lb-outer', 'innermost,lb-outermost'],
    ] as const) {
      terminal.type(`\x15lvstop --config hosts.toml --host ${typed}${tab}`);
      await terminal.waitFor(`--host ${completed}`);
    }
  });

  it.skipIf(!isThere)('completes names of files where a file is asked for', async () => {
    const terminal = await openShell();
    terminal.type(`lvstop diff --demo on${tab}`);
    await terminal.waitFor('lvstop diff --demo only.rules');
  });
});
