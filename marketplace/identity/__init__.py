"""Users, roles, sign-in and server-side SignIns."""
