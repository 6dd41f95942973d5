from django.db import models


class Customer(models.Model):
    email = models.EmailField()


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    note = models.CharField(max_length=200, null=True)
    total = models.IntegerField()
    place = models.CharField(max_length=20, null=True)
