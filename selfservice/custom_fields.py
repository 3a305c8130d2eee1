"""The fields that the shop added, as customers read them and fill them in where they may."""

from portal.web import custom_pages
from selfservice.face import site

custom_pages.show_on(site)
