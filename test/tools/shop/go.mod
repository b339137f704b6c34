module keelson/test/shop

go 1.26.6
