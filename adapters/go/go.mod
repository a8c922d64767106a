module example.com/macproof-adapter

go 1.19
