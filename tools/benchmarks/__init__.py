"""``make bench``: records per second from upload to finished run, and where the time goes."""
