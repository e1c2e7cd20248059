/** What keeps bubblewrap from working, and what to do; `stderr` is empty when it is not installed. */
export function whyNot(stderr: string): string {
  const text = stderr.trim().slice(0, 300)
  if (text === '') {
    return 'bubblewrap is not installed. Run "apt-get install bubblewrap" (or dnf, apk, pacman), or set up Docker.'
  }
  if (/setting up uid map|namespace|operation not permitted|permission denied|no permissions/i.test(text)) {
    return `This machine lets bubblewrap make no user namespaces (${text}). On Debian: sysctl kernel.unprivileged_userns_clone=1. On Ubuntu 24.04 and later: allow bwrap in AppArmor, or sysctl kernel.apparmor_restrict_unprivileged_userns=0. In a container: it needs a seccomp profile that allows unshare. Or set up Docker.`
  }
  return `bubblewrap does not work here: ${text}`
}
