"""How gunicorn serves: one process with threads on SQLite, several on PostgreSQL."""

import multiprocessing
import os

_sqlite = os.environ.get("DATABASE_URL", "sqlite").startswith("sqlite")

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", 1 if _sqlite else multiprocessing.cpu_count()))
threads = 8
timeout = 30
graceful_timeout = 20
keepalive = 75  # seconds; longer than a proxy keeps a connection, or it sends on one we close
max_requests, max_requests_jitter = 20_000, 2_000
control_socket_disable = True  # two services of one user would share ~/.gunicorn/gunicorn.ctl
forwarded_allow_ips = os.environ.get("TRUSTED_PROXIES", "127.0.0.1")
