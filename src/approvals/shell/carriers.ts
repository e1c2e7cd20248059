/**
 * Programs whose arguments are, or may be, commands of their own. Standing on a list by name they would open everything;
 * they pass only with an entry that also fixes the arguments, or by a grant for exactly this command.
 */
// biome-ignore format: a list that reads as a list
const carriers = new Set([
  'sh', 'bash', 'rbash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'pdksh', 'fish', 'csh', 'tcsh', 'pwsh', 'powershell', 'elvish', 'nu', 'xonsh',
  'ssh-agent', 'setarch', 'linux32', 'linux64', 'i386', 'x86_64', 'uname26', 'fakeroot', 'choom', 'capsh',
  'env', 'nice', 'nohup', 'timeout', 'busybox', 'toybox', 'sudo', 'doas', 'su', 'runuser', 'pkexec', 'setpriv', 'gosu', 'su-exec',
  'xargs', 'parallel', 'rush', 'watch', 'entr', 'script', 'expect', 'unbuffer', 'stdbuf', 'setsid', 'ionice', 'chrt', 'taskset', 'numactl',
  'prlimit', 'time', 'flock', 'chroot', 'unshare', 'nsenter', 'bwrap', 'firejail', 'systemd-run', 'start-stop-daemon', 'daemonize',
  'strace', 'ltrace', 'gdb', 'lldb', 'valgrind', 'perf', 'rr', 'awk', 'gawk', 'mawk', 'nawk', 'original-awk',
  'ed', 'ex', 'vi', 'vim', 'nvim', 'view', 'vimdiff', 'emacs', 'nano', 'less', 'more', 'most', 'man',
  'ssh', 'scp', 'sftp', 'rsync', 'socat', 'nc', 'ncat', 'telnet', 'tmux', 'screen', 'at', 'batch', 'crontab', 'dc', 'm4',
  'ftp', 'lftp', 'sqlite', 'psql', 'mysql', 'mariadb',
  'docker', 'podman', 'nerdctl', 'kubectl', 'lxc', 'machinectl', 'npx', 'bunx', 'pnpx', 'uvx', 'pipx', 'run-parts', 'logrotate', 'dbus-run-session',
])

interface Options {
  /** Letters, alone or in a cluster. */
  readonly short?: string
  /** Long names; the GNU way of shortening them counts too. */
  readonly long?: readonly string[]
  readonly exact?: RegExp
}

/** Another program around the steps, code that is loaded into them, or more options from a file. */
const compiler = /^(?:-wrapper|-fplugin=.*|-specs=.*|--specs=.*|-B.*|-Xclang|-fuse-ld=.*|-Wl,.*|@.*)$/

/** Options that make an otherwise plain program run others, load code or write files. */
const dangerous: Readonly<Record<string, Options>> = {
  find: { exact: /^-(?:exec|execdir|ok|okdir|delete|fprint|fprint0|fprintf|fls)$/ },
  fd: { short: 'xX', long: ['exec', 'exec-batch'] },
  tar: {
    short: 'IF',
    long: 'use-compress-program to-command checkpoint-action info-script new-volume-script rsh-command rmt-command'.split(
      ' ',
    ),
    exact: /^[a-zA-Z]*[IF][a-zA-Z]*$/,
  },
  git: {
    long: 'output config-env exec-path upload-pack receive-pack exec ext-diff textconv open-files-in-pager'.split(' '),
    exact: /^(?:-[cOxuo].*|bisect|submodule|filter-branch|difftool|mergetool|config|daemon|hook)$/,
  },
  sort: { short: 'oT', long: ['compress-program', 'output', 'temporary-directory', 'files0-from'] },
  zip: { short: 'T', long: ['unzip-command', 'test'] },
  curl: {
    short: 'KoODcT',
    long: 'config output remote-name engine dump-header cookie-jar trace trace-ascii stderr libcurl etag-save upload-file hsts alt-svc'.split(
      ' ',
    ),
  },
  wget: {
    short: 'eOiPoa',
    long: 'execute output-document use-askpass input-file directory-prefix output-file append-output'.split(' '),
  },
  rg: { short: 'z', long: ['pre', 'hostname-bin', 'search-zip'] },
  make: { short: 'fCI', long: ['eval', 'file', 'makefile', 'directory', 'include-dir'], exact: /=/ },
  split: { long: ['filter'] },
  diff3: { long: ['diff-program'] },
  sdiff: { short: 'o', long: ['diff-program', 'output'] },
  install: { long: ['strip-program'] },
  tcpdump: { short: 'zw' },
  ag: { long: ['pager'] },
  bat: { long: ['pager'] },
  gcc: { exact: compiler },
  cc: { exact: compiler },
  clang: { exact: compiler },
  date: { short: 'sf', long: ['set', 'file'] },
  ip: { exact: /^(?:-b|-batch|--batch|netns|vrf)$/ },
}

/** The names under which a program is known: bash-5.1 is bash, vim.basic is vim. */
export function plainName(file: string): string {
  return file
    .toLowerCase()
    .replace(/\.exe$/, '')
    .replace(/\.(?:basic|tiny|nox|gtk\d?|small)$/, '')
    .replace(/-?\d[\d.]*$/, '')
}

/** Why a program on a list is not enough for these arguments; undefined when it is. */
export function carries(file: string, args: readonly string[]): string | undefined {
  const name = plainName(file)
  if (carriers.has(name) || carriers.has(file) || /^ld[-.].*\.so/.test(file))
    return `${file} runs what its arguments say`
  const options = dangerous[name]
  const option = options && args.find((arg) => isOne(arg, options))
  if (option !== undefined) return `${file} ${option} can run or write something else`
  // sed runs commands (`e`) and writes files (`w`) unless it is told not to.
  if ((name === 'sed' || name === 'gsed') && args[0] !== '--sandbox')
    return `${file} can run commands; put --sandbox first`
  return undefined
}

function isOne(arg: string, { short = '', long = [], exact }: Options): boolean {
  if (exact?.test(arg)) return true
  if (arg.startsWith('--')) {
    const [name = ''] = arg.slice(2).split('=', 1)
    return name !== '' && long.some((one) => one.startsWith(name))
  }
  return arg.startsWith('-') && [...arg.slice(1)].some((letter) => short.includes(letter))
}
