<?php
// PHP's built-in server takes no free port of its own choosing: this finds one and says which.
$port = (int) (getenv('PORT') ?: 8000);
if ((int) getenv('PORT') === 0 && getenv('PORT') !== false) {
    $probe = stream_socket_server('tcp://127.0.0.1:0');
    $port = (int) substr(strrchr(stream_socket_get_name($probe, false), ':'), 1);
    fclose($probe);
}
$server = proc_open(
    [PHP_BINARY, '-S', "127.0.0.1:$port", '-t', __DIR__],
    [STDIN, ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
    $pipes,
);
register_shutdown_function(fn () => proc_terminate($server));
pcntl_async_signals(true);
foreach ([SIGTERM, SIGINT] as $signal) {
    pcntl_signal($signal, fn () => exit(0));
}
for ($tries = 0; $tries < 500 && !@fsockopen('127.0.0.1', $port); $tries++) {
    usleep(20_000);
}
echo "http://127.0.0.1:$port\n";
while (proc_get_status($server)['running']) {
    usleep(100_000);
}
