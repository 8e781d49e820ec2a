"""Mail: the protocol, SMTP, and a folder of files for machines without a mail server."""
