"""Who signs in and who works here: logins, sessions, links, rights, employees, teams."""
