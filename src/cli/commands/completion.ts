import type { Command } from 'commander';
import type { CommandContext } from '../context/context.ts';
import { createCommand } from '../options/command.ts';
import { readWord } from '../options/option-values.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/**
 * The completion script of each shell. It only hands the words up to the cursor to `lvstop complete`, so it stays valid
 * when lvstop gets new commands and options.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  // Readline replaces only what follows the last colon or equals sign, or begins at the last @, so what is before that
  // is cut off.
  bash: `# bash completion for lvstop
_lvstop() {
  local line=\${COMP_LINE:0:COMP_POINT} current='' found before
  local -a words lines
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[-1]}
  mapfile -t lines < <(lvstop complete -- "\${words[@]:1}" 2>/dev/null)
  if [[ \${lines[0]-} == ':files' ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  fi
  before=\${current%"\${current##*[:=]}"}
  [[ $current != *@* ]] || before=\${current%@*}
  for found in "\${lines[@]}"; do
    found=\${found%%$'\\t'*}
    COMPREPLY+=("\${found#"$before"}")
  done
}
complete -F _lvstop lvstop
`,
  zsh: `#compdef lvstop
_lvstop() {
  local line word
  local -a lines candidates
  lines=("\${(@f)$(lvstop complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${lines[1]-} == ':files' ]]; then
    _files
    return
  fi
  for line in "\${lines[@]}"; do
    [[ -n $line ]] || continue
    word=\${line%%$'\\t'*}
    candidates+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -V lvstop candidates
}
if [[ \${funcstack[1]-} == _lvstop ]]; then
  _lvstop "$@"
else
  compdef _lvstop lvstop
fi
`,
  fish: `# fish completion for lvstop
function __lvstop_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (lvstop complete -- $words[2..] "$current" 2>/dev/null)
    if test "$lines[1]" = ':files'
        __fish_complete_path "$current"
    else if test (count $lines) -gt 0
        printf '%s\\n' $lines
    end
end
complete -c lvstop -f -k -a '(__lvstop_complete)'
`,
};

/** `lvstop completion bash|zsh|fish`. */
export function completionCommand(context: CommandContext): Command {
  return createCommand(
    context,
    'completion',
    'print what has a shell complete options, services and real servers',
  )
    .usage('bash|zsh|fish')
    .argument('<shell>', 'which shell')
    .addHelpText(
      'after',
      '\nExamples:\n  source <(lvstop completion bash)\n  lvstop completion zsh > ~/.zfunc/_lvstop\n  lvstop completion fish > ~/.config/fish/completions/lvstop.fish',
    )
    .action((text: string) => {
      context.console.out(completionScripts[readWord('the shell', text, shells)]);
    });
}
