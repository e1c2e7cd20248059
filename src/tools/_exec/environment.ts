import { GatewayError } from '../../kernel/errors.js'

type Variables = Readonly<Record<string, string | undefined>>

/**
 * What commands see of the gateway's own environment. A closed list: whatever else is set there may be a secret, and a
 * list of names that look like secrets always misses one. `tools.exec.inheritEnv` adds names.
 */
// biome-ignore format: a list that reads as a list
const inherited = new Set([
  'PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TERM', 'COLORTERM', 'TZ', 'TMPDIR', 'TMP', 'TEMP',
  'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY', 'WAYLAND_DISPLAY', 'JAVA_HOME', 'GOPATH', 'GOROOT', 'CARGO_HOME', 'RUSTUP_HOME', 'NVM_DIR', 'VOLTA_HOME',
  'PNPM_HOME', 'PYENV_ROOT', 'RBENV_ROOT', 'ANDROID_HOME', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS',
])

/** Choose which code a program loads before its own: a call that sets them is refused (spec/runtime.md 4.2). */
const refused = /^(?:PATH|LD_.*|DYLD_.*)$/i

/**
 * Make a shell or an interpreter run something else than the command says, or change where others do. Dropped without
 * an error: models set some of them by habit.
 */
const dropped =
  /^(?:NODE_OPTIONS|NODE_PATH|NODE_REPL_EXTERNAL_MODULE|BASH_ENV|ENV|ZDOTDIR|IFS|CDPATH|GLOBIGNORE|SHELLOPTS|BASHOPTS|PROMPT_COMMAND|PS[0-4]|BASH_FUNC_.*|PYTHON(?:STARTUP|PATH|HOME|INSPECT|WARNINGS|BREAKPOINT|USERBASE)|PERL5?(?:OPT|LIB|DB|SHELL)|RUBY(?:OPT|LIB)|LUA_(?:INIT|PATH|CPATH).*|GCONV_PATH|GLIBC_TUNABLES|LOCPATH|NLSPATH|MALLOC_.*|RES_OPTIONS|HOSTALIASES|_?JAVA_OPTIONS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|MAVEN_OPTS|GRADLE_OPTS|CLASSPATH|GIT_(?:SSH|SSH_COMMAND|EXTERNAL_DIFF|EXEC_PATH|TEMPLATE_DIR|ASKPASS|EDITOR|SEQUENCE_EDITOR|PAGER|PROXY_COMMAND|CONFIG.*)|SSH_ASKPASS|SUDO_ASKPASS|EDITOR|VISUAL|PAGER|MANPAGER|LESSOPEN|LESSCLOSE|BROWSER|OPENSSL_(?:CONF|MODULES|ENGINES)|SSLKEYLOGFILE|OPENCLAW_.*)$/i

const name = /^[A-Za-z_][A-Za-z0-9_]*$/
const maxVariables = 100
const maxValueChars = 32_768

/** Variables of the gateway that every command gets; `more` are names from the config. */
export function inheritedVariables(gateway: Variables, more: readonly string[] = []): Record<string, string> {
  const extra = new Set(more.filter((key) => !refused.test(key) && !dropped.test(key)))
  return Object.fromEntries(
    Object.entries(gateway).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (inherited.has(entry[0]) || entry[0].startsWith('LC_') || extra.has(entry[0])),
    ),
  )
}

export interface CheckedVariables {
  readonly env: Readonly<Record<string, string>>
  /** Names that were left out. */
  readonly dropped: readonly string[]
}

/** What of the variables of one call is used. Throws `exec_denied` for those that would choose the code that runs. */
export function checkVariables(given: Readonly<Record<string, string>> = {}): CheckedVariables {
  const entries = Object.entries(given)
  if (entries.length > maxVariables) throw denied(`At most ${maxVariables} variables can be set.`)
  for (const [key, value] of entries) {
    if (!name.test(key)) throw denied(`${JSON.stringify(key.slice(0, 60))} is not a name of a variable.`)
    if (refused.test(key)) throw denied(`${key} cannot be set. Call the program by its full path instead.`)
    if (value.length > maxValueChars || value.includes('\0')) throw denied(`The value of ${key} cannot be used.`)
  }
  return {
    env: Object.fromEntries(entries.filter(([key]) => !dropped.test(key))),
    dropped: entries.map(([key]) => key).filter((key) => dropped.test(key)),
  }
}

/** Adds folders in front of a PATH; relative ones are no places to find programs in. */
export function withPath(path: string | undefined, prepend: readonly string[] = []): string {
  const folders = [...prepend, ...(path ?? '').split(':')].filter((folder) => folder.startsWith('/'))
  return folders.length === 0 ? '/usr/local/bin:/usr/bin:/bin' : folders.join(':')
}

function denied(message: string): GatewayError {
  return new GatewayError('exec_denied', { message })
}
