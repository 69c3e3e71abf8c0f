# gunicorn's documentation for applications that wait for a database: threaded workers, one process for each core,
# 2 to 4 threads each, and connections kept for longer than the 2 seconds of the default, as behind a proxy.
worker_class = "gthread"
workers = 2
threads = 4
keepalive = 75
# no control socket in the home folder of whoever runs the benchmark
control_socket_disable = True
