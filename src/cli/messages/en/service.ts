/** Texts of the commands that make the gateway a service, start and end it. */
export const service = {
  'gateway.install.summary': 'Install the gateway of this profile as a service, and start it.',
  'gateway.install.description':
    'A systemd user unit, a launchd agent or a Windows task with a name of its own for each profile. It holds no secret: the gateway reads its config itself. Repeated, it changes nothing.',
  'gateway.install.port': 'Write this port into the config first.',
  'gateway.install.force': 'Replace a definition that differs; the old one is kept beside it.',
  'gateway.install.dryRun': 'Show what would be written and change nothing.',
  'gateway.install.example.dryRun': 'see the unit first',
  'gateway.install.wouldWrite': 'Would write {path}:',
  'gateway.install.nothingWritten': 'Nothing was written or started.',
  'gateway.install.backup': 'The definition that was there is now {path}.',
  'gateway.install.outside':
    'A gateway of this profile runs already outside of the service (pid {pid}). To hand over: {command}',
  'gateway.uninstall.summary': 'Stop the service of this profile and remove its definition.',
  'gateway.uninstall.description': 'Config, state and workspace stay. Nothing to remove is fine.',
  'gateway.uninstall.force': 'Remove a definition also when somebody wrote it by hand.',
  'gateway.uninstall.kept': 'Config, state and workspace are as they were.',
  'gateway.uninstall.nothing': 'No service of this profile is installed.',
  'gateway.start.summary': 'Start the gateway of this profile and wait until it answers.',
  'gateway.start.description':
    'Starts the service. Where there is no service manager, as in a container, it starts a gateway in the background, which nobody starts again.',
  'gateway.start.already': 'The gateway runs already (pid {pid}, port {port}).',
  'gateway.start.plain': 'Started the gateway in the background (pid {pid}, port {port}).',
  'gateway.start.unattended': 'No service manager watches it: it does not start again by itself.',
  'gateway.restart.summary': 'Restart the gateway of this profile and wait until it answers.',
  'gateway.restart.description': 'Running turns may finish first. A gateway that does not run is started.',
  'gateway.restart.plain': 'Restarted the gateway in the background (pid {pid}, port {port}).',

  'service.installed': 'Installed {title}: {name}',
  'service.already': 'Already installed, nothing to change. {title}: {name}',
  'service.started': 'Started {title}: {name}',
  'service.restarted': 'Restarted {title}: {name}',
  'service.stopped': 'Stopped {title}: {name}',
  'service.removed': 'Removed {title}: {name}',
  'service.answers': 'The gateway answers (pid {pid}, port {port}).',
  'service.status.notInstalled': 'not installed',
  'service.status.noManager': 'no service manager here',
  'service.status.noSession': 'its manager cannot be asked from this shell',
  'service.status.differs': 'It is not what would be installed now. To renew it: {command}',
  'service.status.other': 'This definition belongs to another profile or config file.',
  'service.status.foreign': 'This definition was not made by "gateway install".',
  'service.status.stale': 'It starts a gateway of a profile or config file that is not here any more.',
  'service.warn.managed':
    'The service runs {path}, which a version manager or an upgrade may take away. Then: {command}',
  'service.warn.temporary': 'The service runs {path}, a temporary place. Install openclaw for good, then again.',
  'service.warn.variable':
    '{name} is set in this shell only; the service does not see it. Put it into the config or {file}.',
  'service.warn.linger': 'The service ends when you log out. To keep it: {command}',

  'service_unavailable.none':
    'There is no service manager here (systemd for users, launchd or Task Scheduler). "gateway start" starts the gateway in the background; in a container let "gateway run" be its main process.',
  'service_unavailable.no_session':
    'The service manager of your user cannot be asked from this shell (su, sudo, cron or a container). Log in as the user itself, or start the gateway without it: "gateway start".',
  'service_unavailable.installed':
    '{name} is installed, but its service manager cannot be asked from this shell. Log in as the user itself, or set XDG_RUNTIME_DIR=/run/user/{uid} and try again.',
  'service_unavailable.tunnel':
    'No service manager here keeps a tunnel (systemd for users, or launchd). Keep "tunnel run" running instead.',
  'service_unavailable.container': 'The gateway is the main process of this container: restart the container instead.',
  'service_conflict.differs':
    '{name} is installed, but not as it would be now: another Node, another version, or edited by hand ({path}). --force renews it and keeps the old one.',
  'service_conflict.foreign':
    '{name} is there already and was not made by "{command}" ({path}). Look at it; --force replaces it and keeps the old one.',
  'service_conflict.other':
    '{name} belongs to another profile or config file ({path}) and is not touched. Give this one a name of its own: OPENCLAW_SYSTEMD_UNIT, OPENCLAW_LAUNCHD_LABEL or OPENCLAW_WINDOWS_TASK_NAME.',
  'service_failed.slow':
    'The gateway was started, but is not ready after {seconds} s. It may still come; its log says what it does.',
  'service_failed.ended': '{name} ended while it started (last exit code {code}). To see why: {logs}',
  'service_failed.refused': 'The gateway ended while it started (exit code {code}, {path}):\n{said}',
} as const
